/** The library's front door. */
package gpuvae;
